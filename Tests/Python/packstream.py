"""The codec of the official Neo4j driver for Python, as the other side of PackStream.

usage: packstream.py SEED COUNT <VALUES

Reads values as hexadecimal, one a line behind the dialect they are in, and makes COUNT of its own for each dialect, from
the seed. What it prints for each is `read` or `made`, the dialect, what the value means (see `meaning`), and the value
packed by Python, or `-` for what only servers send.
"""

import random
import struct
import sys
import warnings

import pytz
from neo4j._codec.hydration import BrokenHydrationObject
from neo4j._codec.hydration.bolt import v1, v2, v3
from neo4j._codec.packstream import Structure
from neo4j._codec.packstream.v1 import PackableBuffer, Packer, UnpackableBuffer, Unpacker
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import CartesianPoint, WGS84Point
from neo4j.time import Date, DateTime, Duration, Time
from neo4j.types import UnsupportedType
from neo4j.vector import Vector, VectorDType

warnings.simplefilter("ignore")
sys.setrecursionlimit(20_000)
sys.set_int_max_str_digits(0)


def patched():
    handler = v1.HydrationHandler()
    handler.patch_utc()
    return handler


HANDLERS = {
    "4.4": v1.HydrationHandler(), "4.4+utc": patched(), "5.4": v2.HydrationHandler(), "6.0": v3.HydrationHandler(),
}
# The newest form of a structure is the one that its meaning is told in, whatever it came in.
NEWEST = v3.HydrationHandler().dehydration_hooks


def pack(dialect, value):
    buffer = PackableBuffer()
    Packer(buffer).pack(value, HANDLERS[dialect].new_hydration_scope().dehydration_hooks)
    return bytes(buffer.data)


def unpack(dialect, packed):
    buffer = UnpackableBuffer(packed)
    value = Unpacker(buffer).unpack(HANDLERS[dialect].new_hydration_scope().hydration_hooks)
    if isinstance(value, BrokenHydrationObject):
        raise ValueError(f"{packed[:60].hex()}: {value.error!r}")
    if buffer.p != len(packed):
        raise ValueError(f"{packed[:60].hex()}: {len(packed) - buffer.p} bytes are left")
    return value


def meaning(value):
    """A value as text without spaces that another language can arrive at: floats by their bits, texts by their bytes, maps
    in the order of their keys, structures by tag and fields."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return "f" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "s" + value.encode().hex()
    if isinstance(value, (bytes, bytearray)):
        return "b" + bytes(value).hex()
    if isinstance(value, list):
        return "[" + ",".join(map(meaning, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{meaning(key)}:{meaning(item)}" for key, item in value.items())) + "}"
    if isinstance(value, Structure):
        return fields(value.tag.decode(), *value.fields)
    if isinstance(value, Node):
        return fields("N", value.id, sorted(value.labels), dict(value.items()), value.element_id)
    if isinstance(value, Relationship):
        start, end = value.start_node, value.end_node
        return fields(
            "R", value.id, start.id, end.id, value.type, dict(value.items()), value.element_id, start.element_id,
            end.element_id)
    if isinstance(value, Path):
        return fields("P", list(value.nodes), list(value.relationships))
    if isinstance(value, UnsupportedType):
        return fields("?", value.name, *value.minimum_protocol_version, value.message)
    return meaning(NEWEST.get_transformer(value)(value))


def fields(tag, *values):
    return tag + "(" + ",".join(map(meaning, values)) + ")"


# ---- Values of Python's own


SIZES = (0, 1, 15, 16, 255, 256, 65_535, 65_536)
INTEGERS = [edge + step for bits in (4, 7, 8, 15, 16, 31, 32, 63) for edge in (2**bits, -(2**bits)) for step in (-1, 0, 1)]
INTEGERS = [number for number in INTEGERS if -(2**63) <= number < 2**63] + [0]
FLOATS = [
    0.0, -0.0, 1.5, -1e300, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"),
    struct.unpack(">d", bytes.fromhex("fff8000000000001"))[0],
]
TEXTS = ["", "a", "é", "日本語", "😀", "\0", "`", "ü" * 8, "𝄞x" * 5, "\ufeff", "key", "name"]
ZONES = ["Europe/Stockholm", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC"]


class Source:
    def __init__(self, dialect, seed):
        self.dialect = dialect
        self.chance = random.Random(seed)
        self.ids = 0

    def edges(self):
        """What every run has."""
        yield from [None, True, False, *INTEGERS, *FLOATS]
        # The largest ones in one dialect: they take their time, and are the same in all.
        for size in SIZES if self.dialect == "5.4" else SIZES[:-2]:
            yield "x" * size
            yield bytes(size)
            yield [1] * size
            yield {f"k{number}": None for number in range(size)}
        deep = 7
        for level in range(250):
            deep = [deep] if level % 2 else {"d": deep}
        yield deep

    def value(self, depth=0):
        kinds = [
            lambda: None, lambda: self.chance.random() < 0.5, self.integer, self.number, self.text, self.content,
            self.date, self.time, self.local_time, self.date_time, self.zoned, self.local_date_time, self.duration,
            self.point,
        ]
        if self.dialect == "6.0":
            kinds.append(self.vector)
        if depth < 4:
            kinds += [lambda: self.items(depth)] * 3 + [lambda: self.entries(depth)] * 3
        if depth == 0:
            kinds += [self.node, self.relationship, self.path]
            if self.dialect == "6.0":
                kinds.append(self.unsupported)
        return self.chance.choice(kinds)()

    def integer(self):
        return self.chance.choice([self.chance.choice(INTEGERS), self.chance.randrange(-(2**63), 2**63)])

    def number(self):
        return self.chance.choice([self.chance.choice(FLOATS), self.chance.uniform(-1e9, 1e9)])

    def text(self):
        return "".join(self.chance.choices(TEXTS, k=self.chance.randrange(6)))

    def content(self):
        return self.chance.randbytes(self.chance.choice([0, 1, 20, 255, 256]))

    def count(self, depth):
        return self.chance.choice([0, 1, 3, 15, 16] if depth < 2 else [0, 1, 2])

    def items(self, depth):
        return [self.value(depth + 1) for _ in range(self.count(depth))]

    def entries(self, depth):
        keys = [self.text() + str(number) for number in range(self.count(depth))]
        self.chance.shuffle(keys)
        return {key: self.value(depth + 1) for key in keys}

    def date(self):
        return Date.from_ordinal(self.chance.randint(1, 3_652_059))

    def local_time(self):
        return Time.from_ticks(self.chance.choice([0, 86_399_999_999_999, self.chance.randrange(86_400 * 10**9)]))

    def offset(self):
        return pytz.FixedOffset(self.chance.randint(-1_439, 1_439))

    def time(self):
        return self.offset().localize(self.local_time())

    def local_date_time(self):
        return DateTime.combine(Date.from_ordinal(self.chance.randint(3, 3_652_057)), self.local_time())

    def date_time(self):
        return self.offset().localize(self.local_date_time())

    def zoned(self):
        # Far from where clocks are changed: which of two equal times is meant is not the codec's matter.
        date = Date(self.chance.randint(1972, 2036), self.chance.choice([1, 2, 6, 7, 12]), self.chance.randint(10, 20))
        return pytz.timezone(self.chance.choice(ZONES)).localize(DateTime.combine(date, self.local_time()))

    def duration(self):
        sign = self.chance.choice([-1, 1])
        return Duration(
            months=self.chance.randint(-10**6, 10**6), days=self.chance.randint(-10**6, 10**6),
            seconds=sign * self.chance.randint(0, 10**9), nanoseconds=sign * self.chance.randrange(10**9))

    def point(self):
        kind = self.chance.choice([CartesianPoint, WGS84Point])
        return kind([self.number() for _ in range(self.chance.choice([2, 3]))])

    def vector(self):
        kind, width = self.chance.choice([
            (VectorDType.I8, 1), (VectorDType.I16, 2), (VectorDType.I32, 4), (VectorDType.I64, 8), (VectorDType.F32, 4),
            (VectorDType.F64, 8)])
        return Vector(self.chance.randbytes(width * self.chance.choice([0, 1, 16, 300])), kind)

    # What only servers send is put together from its fields; Python's driver has no other way.

    def id(self):
        self.ids += 1
        return self.ids

    def element_id(self, id):
        return [f"4:é:{id}"] if self.dialect in ("5.4", "6.0") else []

    def properties(self):
        return {self.text() + str(number): self.integer() for number in range(self.chance.choice([0, 1, 16]))}

    def node(self):
        id = self.id()
        labels = [self.text() + str(number) for number in range(self.chance.choice([0, 1, 16]))]
        return Structure(b"N", id, labels, self.properties(), *self.element_id(id))

    def relationship(self):
        ids = [self.id() for _ in range(3)]
        others = [name for id in ids for name in self.element_id(id)]
        return Structure(b"R", *ids, "T" + self.text().replace("\0", ""), self.properties(), *others)

    def path(self):
        nodes = [self.node() for _ in range(self.chance.randint(1, 5))]
        ids = [self.id() for _ in range(len(nodes) - 1)]
        bonds = [Structure(b"r", id, "T", self.properties(), *self.element_id(id)) for id in ids]
        steps = [[self.chance.choice([-1, 1]) * number, number] for number in range(1, len(nodes))]
        return Structure(b"P", nodes, bonds, sum(steps, []))

    def unsupported(self):
        extra = self.chance.choice([{}, {"message": self.text()}])
        return Structure(b"?", "T" + self.text(), self.chance.randint(6, 9), self.chance.randint(0, 200), extra)


ONLY_SENT_BY_SERVERS = (Node, Relationship, Path, UnsupportedType)


def tell(origin, dialect, packed):
    value = unpack(dialect, packed)
    again = "-" if isinstance(value, ONLY_SENT_BY_SERVERS) else pack(dialect, value).hex()
    # Of what Python made itself, the bytes are what counts.
    print(origin, dialect, meaning(value), packed.hex() if origin == "made" else again)


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    for line in sys.stdin:
        dialect, packed = line.split()
        tell("read", dialect, bytes.fromhex(packed))
    for dialect in HANDLERS if count else ():
        source = Source(dialect, f"{seed} {dialect}")
        for value in [*source.edges(), *(source.value() for _ in range(count))]:
            tell("made", dialect, pack(dialect, value))


main()
