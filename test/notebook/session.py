"""Runs cells in a kernel, and presses Interrupt where asked.

Reads { kernel, folder, cells: [{ code, interruptAt }] } from stdin; writes, for each cell, the messages that came as
[type, content]. `interruptAt`: a text that a message has to hold.
"""

import json
import queue
import subprocess
import sys
import time

from jupyter_client import KernelManager

asked = json.load(sys.stdin)
manager = KernelManager(kernel_name=asked["kernel"])
# What a kernel itself prints is nobody's.
manager.start_kernel(cwd=asked["folder"], stdout=subprocess.DEVNULL)
client = manager.client()
client.start_channels()
shown = []
try:
    client.wait_for_ready(timeout=60)
    for cell in asked["cells"]:
        request = client.execute(cell["code"])
        messages, is_idle, is_interrupted = [], False, False
        deadline = time.monotonic() + 120
        while True:
            try:
                # What arrives in the second after the end counts too.
                message = client.get_iopub_msg(timeout=1)
            except queue.Empty:
                if is_idle:
                    break
                if not manager.is_alive():
                    messages.append(["dead", {}])
                    break
                if time.monotonic() > deadline:
                    messages.append(["late", {}])
                    break
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status":
                is_idle = is_idle or content["execution_state"] == "idle"
            elif kind != "execute_input":
                messages.append([kind, content])
            wanted = cell.get("interruptAt")
            if wanted and not is_interrupted and wanted in json.dumps(content, ensure_ascii=False):
                is_interrupted = True
                manager.interrupt_kernel()
        shown.append(messages)
        if messages and messages[-1][0] in ("dead", "late"):
            break
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
json.dump(shown, sys.stdout)
