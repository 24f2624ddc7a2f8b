"""Prints messages as dramatiq encodes them, one JSON line each: {"name", "body"}.

The Swift side builds the same messages from Swift values under the same names and must arrive at the same bytes.
"""

import json

import dramatiq

ID = "96da672b-d65e-4e6a-a62c-68252b020797"
TIME = 1795373184659


def message(args=(), kwargs=None, options=None, queue="cap", actor="add", id=ID):
    return dramatiq.Message(
        queue_name=queue, actor_name=actor, args=args, kwargs=kwargs or {}, options=options or {}, message_id=id,
        message_timestamp=TIME)


inner = message((4,), id="627a1602-5e16-45b6-816d-49fcbb8b7562")
CASES = {
    "plain": message((1, 2)),
    "none": message(),
    "keywords": message(kwargs={"name": "openssl", "count": 3}),
    "unicode": message(("é☃😀\"/\n\u007f", "\u2028\ufeff\u0000\u001f\t\r\b\f\\", "𝄞x𝄞")),
    "numbers": message((1.0, 2.5, 1e300, 1e-07, -0.0, 1.7976931348623157e308, 123456789.125, 1e16, 1e15)),
    "integers": message((0, -1, 2**53, 2**63 - 1, -(2**63), 2**64 - 1)),
    "big": message((2**70, -(2**100))),
    "tokens": message((float("nan"), float("inf"), float("-inf"))),
    "nested": message(([], {}, [[1], {"a": [True, False, None]}], {"b": {"c": {}}})),
    "keys": message(({"ключ": 1, "a\"b": 2, "": 3},)),
    "options": message((1, 2), options={
        "max_retries": 3, "time_limit": 1000, "broker_priority": 5, "on_success": "done", "pipe_ignore": True,
        "anything": {"a": 1}}),
    "null option": message(options={"max_retries": None, "eta": 1795373186177}),
    "delayed": message((1, 2), queue="cap.DQ", options={"eta": 1795373186177}),
    "pipeline": message((1,), options={"pipe_target": inner.asdict()}),
    "names": message(queue="a-b.c_d", actor="Füße \"x\""),
}

for name, case in CASES.items():
    print(json.dumps({"name": name, "body": case.encode().decode("ascii")}))
