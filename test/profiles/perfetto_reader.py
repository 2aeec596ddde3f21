"""Reads a trace as Perfetto's protos describe it (Trace, TracePacket, TrackEvent), without its
code."""
from proto_reader import fields, single

BEGIN, END, INSTANT = 1, 2, 3


class Event:
    def __init__(self, time, kind, name, leaves, arrives):
        self.time, self.kind, self.name = time, kind, name
        self.leaves, self.arrives = leaves, arrives  # flows


class Track:
    def __init__(self, name, parent):
        self.name, self.parent, self.events = name, parent, []

    def slices(self):
        """(name, begin, end, flow that arrives); raises when they do not nest, one deep."""
        slices, open_slice = [], None
        for event in self.events:
            if event.kind == BEGIN:
                assert open_slice is None, "%s: two at once" % self.name
                open_slice = event
            elif event.kind == END:
                assert open_slice is not None, "%s: an end without a beginning" % self.name
                slices.append((open_slice.name, open_slice.time, event.time, open_slice.arrives))
                open_slice = None
        assert open_slice is None, "%s: %s has no end" % (self.name, open_slice.name)
        return slices


def read(message):
    """The tracks, by number."""
    tracks, names = {}, {}
    for first, (number, text) in enumerate(fields(message)):
        assert number == 1, "a trace has nothing but packets"
        packet = single(text)
        assert packet[10] == 1 and packet[13] == (3 if first == 0 else 2)
        for kind, data in fields(packet.get(12, b"")):
            assert kind == 2
            entry = single(data)
            assert entry[1] not in names
            names[entry[1]] = entry[2].decode()
        if 60 in packet:
            describe(tracks, single(packet[60]))
        if 11 in packet:
            event = single(packet[11])
            track = tracks[event[11]]
            assert not track.events or track.events[-1].time <= packet[8], track.name
            track.events.append(Event(packet[8], event[9], names.get(event.get(10)),
                                      event.get(47), event.get(48)))
    return tracks


def describe(tracks, descriptor):
    assert descriptor[1] not in tracks
    thread, process = single(descriptor.get(4, b"")), single(descriptor.get(3, b""))
    name = descriptor.get(2) or thread.get(5) or process.get(6)
    tracks[descriptor[1]] = Track(name.decode(), descriptor.get(5))
