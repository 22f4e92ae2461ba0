"""The command that shows what would be indexed of a file: metadata with its origin, pages, what is left out."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ..corpus import Brief, BriefError
from .terminal import BAD, Json, err, escape, out, print_json

commands = typer.Typer()
SHOWN = 12  # lines left out that are shown; --json lists all

Ocr = Annotated[bool, typer.Option("--ocr", help="Recognise pages without text, by tesseract.")]


@commands.command()
def inspect(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to look at.", metavar="FILE")],
    ocr: Ocr = False,
    text: Annotated[bool, typer.Option("--text", help="Show the text of each passage, too.")] = False,
    as_json: Json = False,
) -> None:
    """Show what would be indexed of a file, without indexing it."""
    from ..corpus.load import given_beside, to_brief
    from ..corpus.parse import read_document

    try:
        given, origins = given_beside(file, {})
        documents = read_document(file.read_bytes(), file.name, ocr=ocr)
    except OSError as error:
        raise BriefError(f"{file}: could not be read ({error.strerror or error}); check the path") from error
    except BriefError as error:
        raise BriefError(f"{file}: {error}") from error
    shown = []
    for document in documents:
        try:
            if document.reason:
                raise BriefError(document.reason)
            brief = to_brief(document, given, source=str(file.resolve()), name=file.name)
        except BriefError as error:
            shown.append({"place": document.place, "reason": str(error)})
            continue
        shown.append(_described(brief, document.origins | origins, document, context))
    if as_json:
        print_json(shown)
    else:
        for entry in shown:
            _print(entry, text)
    if all("reason" in entry for entry in shown):
        raise typer.Exit(BAD)


def _described(brief: Brief, origins: dict[str, str], document: Any, context: typer.Context) -> dict[str, Any]:
    """Everything that is shown of one brief, as JSON values."""
    from ..corpus.chunk import Chunking
    from ..index.encoder import load_encoder
    from ..index.ingest import prepare

    encoder = load_encoder(context.obj.settings.encoder)
    prepared = prepare(brief, encoder, Chunking())
    values: dict[str, Any] = {
        "title": brief.title,
        "authors": list(brief.authors),
        "institution": brief.institution,
        "series": brief.series,
        "published": brief.published.isoformat() if brief.published else None,
        "language": brief.language,
        "url": brief.url,
        "id": brief.id,
    }
    found = {"title": "the file name", "id": "the file name", "language": "its script"}
    if "published" not in origins and brief.published:
        origins = origins | {"published": f"the document itself ({brief.published_from})"}
    return {
        "place": document.place,
        "fields": {
            key: {"value": value, "from": origins.get(key) or found.get(key, "the document itself") if value else ""}
            for key, value in values.items()
        },
        "characters": len(brief.text),
        "pages": len(brief.pages) or None,
        "notes": list(document.notes),
        "left_out": [{"text": said, "reason": why, "page": page or None} for said, why, page in document.left_out],
        "passages": [
            {
                "page": passage.page,
                "heading": passage.heading,
                "pieces": len(encoder.pieces(passage.text)),
                "characters": len(passage.text),
                "text": passage.text,
            }
            for passage in prepared.passages
        ],
    }


def _print(entry: dict[str, Any], text: bool) -> None:
    if "reason" in entry:
        err.print(f"[yellow]would not be added:[/] {escape(entry['place'])} {escape(entry['reason'])}")
        return
    if entry["place"]:
        out.print(f"[bold]{escape(entry['place'])}[/]")
    table = Table("field", "value", "found in", box=None, pad_edge=False)
    for key, found in entry["fields"].items():
        value = found["value"]
        said = ", ".join(value) if isinstance(value, list) else value or "-"
        table.add_row(key, escape(said), escape(found["from"]))
    out.print(table)
    pages = f"{entry['pages']} pages, " if entry["pages"] else ""
    out.print(f"\n{pages}{entry['characters']:,} characters, {len(entry['passages'])} passages")
    for note in entry["notes"]:
        out.print(f"note: {escape(note)}")
    _print_left_out(entry["left_out"])
    for number, passage in enumerate(entry["passages"], start=1):
        place = f"p. {passage['page']}, " if passage["page"] else ""
        heading = f" under {escape(repr(passage['heading']))}" if passage["heading"] else ""
        start = passage["text"] if text else " ".join(passage["text"].split())[:70]
        out.print(f"{number}. {place}{passage['pieces']} word pieces{heading}: {escape(start)}")


def _print_left_out(left_out: list[dict[str, Any]]) -> None:
    """Counts by reason, then the first of each text."""
    if not left_out:
        return
    reasons = Counter(entry["reason"] for entry in left_out)
    said = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    out.print(f"\nleft out: {escape(said)}")
    first = {(entry["reason"], entry["text"]): entry for entry in left_out}
    for entry in list(first.values())[:SHOWN]:
        place = f"p. {entry['page']}: " if entry["page"] else ""
        out.print(f"  {place}{escape(entry['text'][:90])}  ({escape(entry['reason'])})")
    if len(first) > SHOWN:
        out.print(f"  ... and {len(first) - SHOWN} more; --json lists them all")
