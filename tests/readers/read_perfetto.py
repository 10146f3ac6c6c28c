"""Reads a trace with Perfetto's own classes of messages, and prints it as JSON lines.

One line a track, `{"track": uuid, "name": ..., "parent": uuid, "rank": ...}`, and one an event, `{"type": ..., "time": ...,
"track": uuid, "name": ..., "category": ..., "fields": {...}}`, in the order in which they stand in the file.
"""

import json
import sys

from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

trace = Trace()
with open(sys.argv[1], "rb") as file:
    trace.ParseFromString(file.read())

for packet in trace.packet:
    # A field that the classes don't know would be of another type than was meant.
    assert packet.trusted_packet_sequence_id == 1, packet
    if packet.HasField("track_descriptor"):
        track = packet.track_descriptor
        line = {"track": track.uuid, "name": track.name, "parent": track.parent_uuid}
        # A rank counts among the children of one that says so.
        assert track.child_ordering == track.EXPLICIT, packet
        line["rank"] = track.sibling_order_rank
    else:
        event = packet.track_event
        line = {
            "type": TrackEvent.Type.Name(event.type),
            "time": packet.timestamp,
            "track": event.track_uuid,
            "name": event.name,
            "category": list(event.categories),
            "fields": {
                it.name: getattr(it, it.WhichOneof("value")) for it in event.debug_annotations
            },
        }
    print(json.dumps(line))
