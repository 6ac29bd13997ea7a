"""Asks a service by a client of Triton's and a parser of Prometheus's; prints what came as JSON. Usage: client.py HOST:PORT"""

import json
import sys
import urllib.request

import numpy
import tritonclient.http as triton
from prometheus_client.parser import text_string_to_metric_families
from tritonclient.utils import InferenceServerException

address = sys.argv[1]
client = triton.InferenceServerClient(address)
images = (numpy.arange(2 * 784, dtype=numpy.float32) % 256 / 255).reshape(2, 1, 28, 28)


def infer(binary_input, output):
    given = triton.InferInput("input", [2, 1, 28, 28], "FP32")
    given.set_data_from_numpy(images, binary_data=binary_input)
    outputs = None if output is None else [triton.InferRequestedOutput("output", binary_data=output)]
    result = client.infer("lenet", [given], outputs=outputs, request_id="7")
    assert result.get_response()["id"] == "7"
    return result.as_numpy("output").tolist()


def refusal(*args, **options):
    try:
        client.infer(*args, **options)
    except InferenceServerException as error:
        return [error.status(), error.message()]


wrong = triton.InferInput("input", [1, 784], "FP32")
wrong.set_data_from_numpy(numpy.zeros((1, 784), numpy.float32))
right = triton.InferInput("input", [2, 1, 28, 28], "FP32")
right.set_data_from_numpy(images)
metrics = text_string_to_metric_families(
    urllib.request.urlopen(f"http://{address}/metrics").read().decode()
)
print(
    json.dumps(
        {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "modelReady": client.is_model_ready("lenet"),
            "versionReady": client.is_model_ready("lenet", "1"),
            "otherReady": client.is_model_ready("other"),
            "server": client.get_server_metadata(),
            "model": client.get_model_metadata("lenet"),
            "outputs": [
                infer(binary, output) for binary in (True, False) for output in (True, False, None)
            ],
            "wrong": refusal("lenet", [wrong]),
            "unknown": refusal("other", [right]),
            "priority": refusal("lenet", [right], priority=1),
            "metrics": sorted(each.name for each in metrics),
        }
    )
)
