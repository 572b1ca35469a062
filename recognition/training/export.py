"""Trained weights -> the two files that inference loads, and their line in the manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from recognition.inference import weights
from recognition.media.hashing import sha256_file

OPSET = 20


def export(
    model: nn.Module,
    example: torch.Tensor,
    name: str,
    *,
    kind: str,
    dynamic: dict[int, str],
    folder: Path = weights.FOLDER,
    scout: Callable[[Path, Path], None] | None = None,
    **entry: Any,
) -> None:
    """Write `name`.onnx and `name`.pt, and the manifest's entry with the next version number.

    `dynamic` names the axes of the input that may have any size; `scout` writes a quick form of its first argument to
    its second, `name`.int8.onnx; `entry` goes into the manifest as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = model.eval().cpu().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    onnx, pt = folder / f"{name}.onnx", folder / f"{name}.pt"
    torch.onnx.export(
        model,
        (example,),
        onnx,
        input_names=["input"],
        dynamic_axes={"input": dynamic},
        opset_version=OPSET,
        dynamo=False,
    )
    torch.save(model.state_dict(), pt)
    files = {"onnx": onnx, "pt": pt}
    if scout is not None:
        files["scout"] = folder / f"{name}.int8.onnx"
        scout(onnx, files["scout"])
    described = {key: {"file": path.name, "sha256": sha256_file(path)} for key, path in files.items()}
    _enter(folder / weights.MANIFEST, name, {"kind": kind, **described, "card": f"cards/{name}.md", **entry})


def _enter(path: Path, name: str, entry: dict[str, Any]) -> None:
    """Replace one network's entry; the others stay as they are."""
    manifest = json.loads(path.read_text("utf-8")) if path.exists() else {"networks": {}}
    version = manifest["networks"].get(name, {}).get("version", 0) + 1
    manifest["networks"][name] = {"version": version, **entry}
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8")
