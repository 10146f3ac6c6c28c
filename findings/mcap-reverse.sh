#!/bin/sh
# The newest message comes last when the log is read backwards (mcap 1.6.0)
#
# Expected: iter_messages(reverse=True) gives the newest message first, for each log and from both readers, as the
#   documentation of "reverse" says of log times.
# Seen: for a log that was written without chunks, as small writers on microcontrollers do, the reader of seekable files gives
#   the oldest first, as if nothing had been asked for; the other reader, for streams, gives the newest first. With
#   chunks both do. Two messages of one time are turned round by the first, and keep their order in the second.
# Why: mcap/reader.py: SeekingReader without an index of chunks hands over to the reading by streams, without "reverse".
# Matters: "the last state before the crash" is the first one after power-on, and looks plausible. Take the maximum of the
#   log times, or write in chunks.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check mcap==1.6.0
"$room/venv/bin/python" - <<'PY'
import io
from mcap.reader import NonSeekingReader, SeekingReader
from mcap.writer import Writer

seen = {}
for chunks in (True, False):
    log = io.BytesIO()
    writer = Writer(log, use_chunking=chunks)
    writer.start()
    channel = writer.register_channel("/state", "json", 0)
    for name, time in (("on", 10), ("run", 20), ("hot", 20), ("stop", 30)):
        writer.add_message(channel, time, name.encode(), time)
    writer.finish()
    for reader in (SeekingReader, NonSeekingReader):
        read = [message.data.decode() for _, _, message in reader(io.BytesIO(log.getvalue())).iter_messages(reverse=True)]
        print(f"chunks {chunks}, {reader.__name__}: {read}")
        seen[chunks, reader.__name__] = read
assert seen == {
    (True, "SeekingReader"): ["stop", "hot", "run", "on"],
    (True, "NonSeekingReader"): ["stop", "run", "hot", "on"],
    (False, "SeekingReader"): ["on", "run", "hot", "stop"],
    (False, "NonSeekingReader"): ["stop", "run", "hot", "on"],
}, seen
PY
