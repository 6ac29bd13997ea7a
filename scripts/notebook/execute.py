"""Runs a notebook's source in a kernel, and writes the notebook with what its cells showed.

    python execute.py SOURCE KERNEL FOLDER OUT [EPOCHS]
"""

import sys

import jupytext
import nbformat
from jupyter_client.kernelspec import get_kernel_spec
from nbclient import NotebookClient


def main(source, kernel, folder, out, epochs=None):
    notebook = jupytext.read(source)
    # Who opens it gets this kernel; another may be chosen.
    spec = get_kernel_spec(kernel)
    notebook.metadata = {
        "kernelspec": {
            "name": kernel,
            "display_name": spec.display_name,
            "language": spec.language,
        }
    }
    for number, cell in enumerate(notebook.cells):
        # Those that are made are new each time.
        cell.id = f"cell-{number}"
        if epochs is not None:
            cell.source = cell.source.replace("numEpochs = 5;", f"numEpochs = {epochs};")
    client = NotebookClient(
        notebook,
        kernel_name=kernel,
        resources={"metadata": {"path": folder}},
        timeout=900,
        coalesce_streams=True,
        record_timing=False,
    )
    client.execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                sys.exit(f"a cell complains:\n{cell.source}\n{output.text}")
            output.pop("transient", None)
    nbformat.write(notebook, out)


main(*sys.argv[1:])
