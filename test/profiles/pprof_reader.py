"""Reads a profile as profile.proto of github.com/google/pprof describes it, without its code."""
from proto_reader import fields, packed, single


class Profile:
    """`types` are (type, unit); `samples` are (values, [(function, file, line)], innermost
    first)."""

    def __init__(self, message):
        parts = {}
        for number, value in fields(message):
            parts.setdefault(number, []).append(value)
        text = [each.decode() for each in parts[6]]
        if text[0] != "":
            raise ValueError("the first string is to be empty")
        self.types = [(text[kind[1]], text[kind[2]]) for kind in map(single, parts[1])]
        functions = {one[1]: (text[one[2]], text[one.get(4, 0)])
                     for one in map(single, parts.get(5, []))}
        places = {}
        for message_of_place in parts.get(4, []):
            lines = [single(value) for number, value in fields(message_of_place) if number == 4]
            places[single(message_of_place)[1]] = [
                functions[line[1]] + (line.get(2, 0),) for line in lines]
        self.samples = []
        for sample in map(single, parts.get(2, [])):
            frames = [frame for place in packed(sample[1]) for frame in places[place]]
            self.samples.append((packed(sample[2]), frames))
        self.time, self.duration = parts[9][0], parts.get(10, [0])[0]

    def of(self, function):
        """The samples with that function on their stack."""
        return [sample for sample in self.samples
                if any(frame[0] == function for frame in sample[1])]
