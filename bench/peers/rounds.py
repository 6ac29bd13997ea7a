"""A contender's side of bench/contender.js."""

import json
import sys
import time


def answer(**values):
    print(json.dumps(values), flush=True)


def rounds(work):
    """Says that all is ready; then, for each line that comes, works and prints one line of JSON: the seconds that it
    took, and what `work` returns, a dictionary."""
    answer(ready=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        result = work()
        answer(seconds=time.perf_counter() - start, **result)
