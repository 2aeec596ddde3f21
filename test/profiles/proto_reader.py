"""Reads messages of Protocol Buffers without their descriptions."""
import struct


def varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(message):
    """The fields of a message: (number, int or bytes)."""
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        if tag & 7 == 0:
            value, at = varint(message, at)
        elif tag & 7 == 1:
            value, at = struct.unpack_from("<Q", message, at)[0], at + 8
        elif tag & 7 == 2:
            length, at = varint(message, at)
            if at + length > len(message):
                raise ValueError("a field goes over the end of its message")
            value, at = message[at:at + length], at + length
        else:
            raise ValueError("wire type %d, which nobody writes" % (tag & 7))
        yield tag >> 3, value


def packed(message):
    at, values = 0, []
    while at < len(message):
        value, at = varint(message, at)
        values.append(value)
    return values


def single(message):
    """A message as {field: last value}."""
    return dict(fields(message))
