"""From sentence-transformers to ONNX, once per machine: the only place that imports torch for an encoder we serve.

The exported folder is self-contained: `model.onnx` (pooled and token outputs of one forward pass), `tokenizer.json` and
`encoder.json`, which begins with a format version and carries the hash of the others. It is written beside its final
place and moved there whole, so a crash leaves nothing half made.
"""

import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import platformdirs

from ..corpus import WeightsError
from .types import EncoderSpec
from .weights import sha256_file

FORMAT = 1
FILES = ("model.onnx", "tokenizer.json")


def cache_folder() -> Path:
    """Return the folder for what can be made again, shared by all indexes: the user's cache folder."""
    return Path(platformdirs.user_cache_dir("northbrief", appauthor=False))


def export_encoder(model: str, target: Path, *, name: str, precision: str, network: bool = False) -> None:
    """Export the sentence-transformers model at path or name `model` to the folder `target`.

    Raises:
        WeightsError: the model cannot be loaded, or not be exported.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as scratch, _quiet():
        folder = Path(scratch, "encoder")
        folder.mkdir()
        _write(load_sentence_transformer(model, network=network), model, folder, name, precision)
        if read_spec(target) is not None:
            return  # another process was faster
        if target.exists():
            shutil.rmtree(target)  # damaged or of an older format
        os.replace(folder, target)


def load_sentence_transformer(model: str, *, device: str = "cpu", network: bool = False) -> Any:
    """Return the SentenceTransformer at path or name `model`; local files only unless `network` is true.

    Raises:
        WeightsError: it is not there.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a library prints nothing
    try:
        return SentenceTransformer(model, device=device, local_files_only=not network, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"found no sentence-transformers model at {model!r}, expected a folder or a name in the local cache; "
            "check `encoder`, or allow the network with NORTHBRIEF_NETWORK=true"
        ) from error


def read_spec(folder: Path) -> EncoderSpec | None:
    """Return the spec of an exported encoder whose files all have their recorded hash, else None."""
    try:
        saved = json.loads((folder / "encoder.json").read_text("utf-8"))
        if saved["format"] != FORMAT or any(sha256_file(folder / file) != saved["files"][file] for file in FILES):
            return None
        return EncoderSpec(**saved["spec"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(model: Any, source: str, folder: Path, name: str, precision: str) -> None:
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise WeightsError(f"{name} has no fast tokenizer, expected one that saves to tokenizer.json")
    plain = folder / "fp32.onnx"
    _export_onnx(model, plain)
    if precision == "int8":
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(plain, folder / "model.onnx", per_channel=True, weight_type=QuantType.QInt8)
        plain.unlink()
    else:
        plain.rename(folder / "model.onnx")
    backend.no_truncation()
    backend.no_padding()
    backend.save(str(folder / "tokenizer.json"))
    prompts = model.prompts or {}
    spec = EncoderSpec(
        name=name,
        weights=weights_hash(source, model),
        dimension=model.get_embedding_dimension(),
        max_pieces=min(model.max_seq_length or 512, 8192),
        query_prefix=prompts.get("query") or "",
        passage_prefix=prompts.get("document") or prompts.get("passage") or "",
        precision=precision,
    )
    files = {file: sha256_file(folder / file) for file in FILES}
    saved = {"format": FORMAT, "spec": asdict(spec), "files": files}
    (folder / "encoder.json").write_text(json.dumps(saved, indent=2), "utf-8")


def weights_hash(source: str, model: Any) -> str:
    """Return the SHA-256 of the weights file in the folder `source`, else of the loaded parameters."""
    file = Path(source, "model.safetensors")
    if file.is_file():
        return sha256_file(file)
    import hashlib

    digest = hashlib.sha256()
    for key, value in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(value.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()


def _export_onnx(model: Any, path: Path) -> None:
    import torch

    class Both(torch.nn.Module):
        """Pooled and token outputs of one forward pass."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return features["sentence_embedding"], features["token_embeddings"]

    example = torch.ones(2, 7, dtype=torch.long)
    names = ["input_ids", "attention_mask"]
    batch_and_length = {0: "batch", 1: "length"}
    with torch.no_grad():
        torch.onnx.export(
            Both().eval(),
            (example, example),
            path,
            dynamo=False,
            opset_version=17,
            input_names=names,
            output_names=["vector", "tokens"],
            dynamic_axes=dict.fromkeys((*names, "tokens"), batch_and_length) | {"vector": {0: "batch"}},
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """torch and onnxruntime warn of deprecations and of optional steps that the user can do nothing about."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
