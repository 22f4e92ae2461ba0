"""Encoders: exported to ONNX and served by ONNX Runtime, without torch on the query path.

Texts are encoded one at a time, several at once on threads of their own. Batches would be no faster here (a batch of 8
padded texts ran at 0.9 times the speed of single ones with int8), and an int8 batch shares one activation scale, so a
text's vector would depend on its neighbours. One at a time, the same text always gives the same vector.
"""

import hashlib
import os
import re
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..corpus import WeightsError
from .export import cache_folder, export_encoder, load_sentence_transformer, read_spec, weights_hash
from .types import Encoder, EncoderSpec, Encoding, unit
from .weights import MINILM, pinned_folder


class OnnxEncoder:
    """An exported encoder. Safe to share between threads."""

    def __init__(self, folder: Path, spec: EncoderSpec) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1  # one text a thread; splitting one text's work over threads costs more
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._words = _word_pieces(self._tokenizer.get_vocab())
        self.spec = spec

    def pieces(self, text: str) -> list[int]:
        """Return the word pieces of `text`, special ones left out, nothing cut."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return one encoding a text, in order. A text over `spec.max_pieces` is cut there."""
        if len(texts) == 1:
            return [self._encode(texts[0])]
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            return list(threads.map(self._encode, texts))

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return (start, end) in `text` of each piece that `encode` returns a token vector for."""
        coded, keep = self._coded(text)
        return [offset for offset, kept in zip(coded.offsets, keep, strict=True) if kept]

    def _coded(self, text: str) -> tuple[Any, NDArray[np.bool_]]:
        coded = self._tokenizer.encode(text)
        if len(coded) > self.spec.max_pieces:  # cut before the piece that no longer fits, with its closing mark kept
            coded = self._tokenizer.encode(text[: coded.offsets[self.spec.max_pieces - 2][1]])
        return coded, (np.array(coded.special_tokens_mask) == 0) & self._words[np.array(coded.ids)]

    def _encode(self, text: str) -> Encoding:
        coded, keep = self._coded(text)
        ids = np.array([coded.ids], dtype=np.int64)
        vector, tokens = self._session.run(
            ["vector", "tokens"], {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        )
        return Encoding(unit(vector[0]), ids[0][keep], unit(tokens[0][keep]))


class TorchEncoder:
    """A sentence-transformers model run by torch: for a GPU, or for a model that cannot be exported."""

    def __init__(self, model: str, *, name: str, device: str = "cpu", network: bool = False) -> None:
        self._model = load_sentence_transformer(model, device=device, network=network)
        self._words = _word_pieces(self._model.tokenizer.get_vocab())
        prompts = self._model.prompts or {}
        self.spec = EncoderSpec(
            name=name,
            weights=weights_hash(model, self._model),
            dimension=self._model.get_embedding_dimension(),
            max_pieces=min(self._model.max_seq_length or 512, 8192),
            query_prefix=prompts.get("query") or "",
            passage_prefix=prompts.get("document") or prompts.get("passage") or "",
            precision="fp32",
        )

    def pieces(self, text: str) -> list[int]:
        """Return the word pieces of `text`, special ones left out, nothing cut."""
        return list(self._model.tokenizer.encode(text, add_special_tokens=False, verbose=False))

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return one encoding a text, in order. A text over `spec.max_pieces` is cut there."""
        features = self._model.encode(list(texts), output_value=None, show_progress_bar=False, batch_size=32, prompt="")
        return [self._encoding(feature) for feature in features]

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Return (start, end) in `text` of each piece that `encode` returns a token vector for."""
        coded = self._model.tokenizer(
            text, return_offsets_mapping=True, truncation=True, max_length=self.spec.max_pieces
        )
        keep = self._kept(np.array(coded["input_ids"]))
        return [tuple(offset) for offset, kept in zip(coded["offset_mapping"], keep, strict=True) if kept]

    def _kept(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        tokenizer = self._model.tokenizer
        special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}  # an unknown word is a word
        return ~np.isin(ids, sorted(special)) & self._words[ids]

    def _encoding(self, feature: dict[str, Any]) -> Encoding:
        ids = feature["input_ids"].cpu().numpy().astype(np.int64)
        keep = (feature["attention_mask"].cpu().numpy() == 1) & self._kept(ids)
        tokens = feature["token_embeddings"].float().cpu().numpy()
        return Encoding(unit(feature["sentence_embedding"].float().cpu().numpy()), ids[keep], unit(tokens[keep]))


def load_encoder(
    model: str = MINILM.name,
    *,
    precision: str = "int8",
    device: str = "cpu",
    network: bool = False,
    cache: Path | None = None,
) -> Encoder:
    """Return the encoder `model`: the pinned one by its name, or any sentence-transformers model by path or name.

    The first call on a machine exports it (seconds, needs torch); later ones load the export. A model that cannot be
    exported runs on torch, with a warning; `device="cuda"` runs on torch, too.

    Raises:
        WeightsError: weights that are missing, or that are not the pinned ones.
    """
    if device != "cpu":
        source = str(pinned_folder(MINILM, network=network)) if model == MINILM.name else model
        return TorchEncoder(source, name=model, device=device, network=network)
    key = MINILM.name if model == MINILM.name else _key(model)
    folder = (cache or cache_folder()) / "encoders" / f"{key}-{precision}"
    spec = read_spec(folder)
    if spec is None:
        source = str(pinned_folder(MINILM, network=network)) if model == MINILM.name else model
        try:
            export_encoder(source, folder, name=model, precision=precision, network=network)
        except WeightsError:
            raise
        except OSError as error:  # the folder, not the model: another process may have been first
            spec = read_spec(folder)
            if spec is None:
                raise WeightsError(
                    f"cannot write the exported encoder to {folder} ({error}); free or change it"
                ) from error
            return OnnxEncoder(folder, spec)
        except Exception as error:  # torch raises what it likes when a model cannot be traced
            warnings.warn(f"{model} cannot be exported to ONNX ({error}); it runs on torch, slower", stacklevel=2)
            return TorchEncoder(source, name=model, network=network)
        spec = read_spec(folder)
    if spec is None:
        raise WeightsError(
            f"found a damaged export in {folder}, expected the hashes in encoder.json; remove the folder"
        )
    return OnnxEncoder(folder, spec)


def _key(model: str) -> str:
    """A folder name for an exported model that no other model has, nor the same one after its weights changed."""
    weights = Path(model, "model.safetensors")
    stamp = f"{weights.stat().st_size}-{weights.stat().st_mtime_ns}" if weights.is_file() else ""
    digest = hashlib.blake2b(f"{Path(model).resolve() if stamp else model}\x00{stamp}".encode(), digest_size=6)
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', model).strip('-')[-40:]}-{digest.hexdigest()}"


def _word_pieces(vocabulary: dict[str, int]) -> NDArray[np.bool_]:
    """For each id of the vocabulary whether the piece has a letter or a digit; punctuation says nothing."""
    words = np.zeros(max(vocabulary.values()) + 1, dtype=np.bool_)
    for piece, number in vocabulary.items():
        words[number] = any(character.isalnum() for character in piece)
    return words
