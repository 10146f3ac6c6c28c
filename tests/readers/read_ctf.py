"""Reads a trace with babeltrace2's library, and prints each event as a JSON line, in the order of time:

`{"stream": ..., "name": ..., "cycles": ..., "fields": {...}}`.
"""

import json
import sys

import bt2


def plain(field):
    if isinstance(field, bt2._EnumerationFieldConst):
        return field.labels == ["true"]
    if isinstance(field, bt2._StringFieldConst):
        return str(field)
    return int(field)


for message in bt2.TraceCollectionMessageIterator(sys.argv[1]):
    if type(message) is bt2._EventMessageConst:
        event = message.event
        line = {
            "stream": event.stream.id,
            "name": event.name,
            "cycles": message.default_clock_snapshot.value,
            "fields": {name: plain(field) for name, field in event.payload_field.items()},
        }
        print(json.dumps(line))
