"""The public JSON: stable names, ISO 8601 times in UTC, absolute URLs.

Each answer has a JSON Schema in policies/schemas/, which is served and linked; a test holds them
together. Names may be added; none changes its meaning or goes.
"""

from datetime import datetime
from typing import Any

from policies.ledger.chains import public_facts
from policies.ledger.former_clauses import label_of
from policies.models import LedgerEntry, Policy, Revision
from policies.models.policy import public_url
from policies.models.translation_sources import TranslatedFrom
from policies.models.version_status import VersionInfo
from policies.public import change_notices, pdfs
from policies.public.translations import Alternate
from policies.text import timestamps
from policies.text.document import notation


def iso_time(value: datetime | None) -> str | None:
    """Return an aware datetime as ISO 8601 in UTC: 2026-05-02T00:00:00Z."""
    return timestamps.utc(value) if value else None


def urls(policy: Policy, number: int | None) -> dict[str, str]:
    def of_version(name: str) -> str:
        return public_url(policy.url(name, number=number))

    return {
        "current": public_url(policy.get_absolute_url()),
        "html": of_version("version"),
        "markdown": of_version("markdown"),
        "json": of_version("json"),
        "akoma_ntoso": of_version("akoma_ntoso"),
        **({"pdf": of_version("pdf")} if pdfs.are_made() else {}),
        "history": public_url(policy.url("history")),
    }


def _translated_from(translated: TranslatedFrom | None) -> dict[str, Any]:
    """Return the source of a translation, and the version of it that was translated; nothing of a
    source that has no public version yet.
    """
    source, version = (translated.source, translated.version) if translated else (None, None)
    if source and not (version or source.revisions.numbered().exists()):
        source = None
    return {
        "translation_of": {
            "policy": source.slug,
            "language": source.language,
            "url": public_url(source.get_absolute_url()),
        }
        if source
        else None,
        "renders": {
            "version": version.number,
            "digest": version.digest,
            "url": public_url(source.url("version", number=version.number)),
        }
        if source and version
        else None,
    }


def _alternates(pages: list[Alternate]) -> list[dict[str, str]]:
    """Return the addresses of the same text in each language, its own included; [] for one only."""
    return [{"language": page.language, "url": public_url(page.path)} for page in pages]


def _behind(translated: TranslatedFrom | None) -> dict[str, Any] | None:
    """Return what has come after the text that was translated, None for nothing."""
    if not (translated and translated.version and translated.in_force and translated.is_behind):
        return None
    compared = {"old": translated.version.number, "new": translated.in_force.number}
    return {
        "version": translated.in_force.number,
        "effective_at": iso_time(translated.in_force.effective_at),
        "url": public_url(translated.source.get_absolute_url()),
        "changes": public_url(translated.source.url("compare", **compared)),
    }


def current_as_json(
    policy: Policy,
    current: Revision,
    last_material: int | None,
    upcoming: Revision | None,
    page_context: dict[str, Any],
) -> dict[str, Any]:
    """Return what an app asks for: the version in force, and whether to show an update sheet.

    An app that knows which version its user accepted shows `since` of it when
    `last_material_version` is greater. page_context: what translations.page_context returns.
    """
    family, translated = page_context.get("family"), page_context.get("translated_from")
    prevailing = family.prevailing if family else None
    return {
        "policy": policy.slug,
        "language": policy.language,
        "version": current.number,
        "title": current.title,
        "announced_at": iso_time(current.published_at),
        "effective_at": iso_time(current.effective_at),
        "last_updated": current.last_updated_on,
        "last_material_version": last_material,
        "notice": change_notices.short_text(current),
        "digest": current.digest,
        "urls": {
            **urls(policy, current.number),
            "since": public_url(f"{policy.get_absolute_url()}since/") + "{version}/",
            "embed": public_url(policy.url("embed")),
            "embed_since": public_url(policy.url("embed") + "since/") + "{version}/",
        },
        "retired": bool(policy.retired_at),
        "alternates": _alternates(page_context.get("alternates", [])),
        "prevailing_language": prevailing.language if prevailing else None,
        **_translated_from(translated),
        "behind": _behind(translated),
        "next": {
            "version": upcoming.number,
            "announced_at": iso_time(upcoming.published_at),
            "effective_at": iso_time(upcoming.effective_at),
            "kind": upcoming.kind,
            "change_note": upcoming.change_note,
            "notice": change_notices.short_text(upcoming),
            "digest": upcoming.digest,
            "url": public_url(policy.url("version", number=upcoming.number)),
        }
        if upcoming
        else None,
    }


def rescheduled(version: Revision) -> dict[str, list[dict[str, str | None]]]:
    """Return when it was to take effect before, and when that changed; nothing if it never did."""
    changes = [
        {"at": iso_time(change.at), "from": iso_time(change.before), "to": iso_time(change.after)}
        for change in version.date_changes
    ]
    return {"rescheduled": changes} if changes else {}


def _clauses(version: Revision) -> list[dict[str, str]]:
    anchors = [anchor for anchor in version.rendering.anchors if "clause" in anchor]
    return [{"label": label_of(anchor), "anchor": anchor["id"]} for anchor in anchors]


def version_as_json(version_info: VersionInfo, page_context: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of one version, its text included. page_context: as for the current."""
    version = version_info.version
    document = version.document()
    return {
        "policy": version.policy.slug,
        "language": version.policy.language,
        "version": version.number,
        "standing": version_info.status,
        "effective_at": iso_time(version.effective_at),
        "until": iso_time(version_info.until),
        "published_at": iso_time(version.published_at),
        **rescheduled(version),
        "last_updated": version.last_updated_on,
        "kind": version.kind,
        "change_note": version.change_note,
        "withdrawn_at": iso_time(version.withdrawn_at),
        "withdrawal_reason": version.withdrawal_reason,
        "digest": version.digest,
        # Apps need no Word files, so current.json, which is small, has none.
        "urls": {**urls(version.policy, version.number), **change_notices.file_urls(version)},
        "alternates": _alternates(page_context.get("alternates", [])),
        **_translated_from(page_context.get("translated_from")),
        "document": {
            "title": document.title,
            "introduction": document.introduction,
            **notation(document),
            "sections": [
                {"heading": part.heading, "anchor": part.anchor, "body": part.body}
                for part in document.sections
            ],
        },
        **({"clauses": _clauses(version)} if document.clauses else {}),
    }


# Entries in one answer. What is on a full page, stays there.
LEDGER_PAGE = 1000


def ledger_as_json(entries: list[LedgerEntry], previous: str | None) -> dict[str, Any]:
    """Return a page of the chain; previous: the URL of the page before it. An entry's digest is the
    SHA-256 of its canonical JSON without it; times are written as there.
    """
    listed = [{**public_facts(entry), "digest": entry.digest} for entry in entries]
    return {
        "head": listed[-1]["digest"] if listed else "",
        "previous": previous,
        "entries": [_with_written_times(entry) for entry in listed],
    }


def _with_written_times(facts: dict[str, Any]) -> dict[str, Any]:
    times = {name: value for name, value in facts.items() if isinstance(value, datetime)}
    return facts | {name: timestamps.utc(time, "microseconds") for name, time in times.items()}
