"""Rules on when a text may change: its sections, their HTML, and the list of its authors."""

from __future__ import annotations

from policies.database.rules.conditions import Rule, changed, status_of, table_of


def text_rules() -> list[Rule]:
    """Return the rules: sections, HTML and authors change only while the revision is a draft."""
    rules = []
    message = "Only a draft's text can change, and its list of authors only grows."
    for model in ("Section", "Rendering", "Contribution"):
        table, name = table_of(model), model.lower()
        identity = changed(["revision_id"] if model == "Rendering" else ["id", "revision_id"])
        rules.append(
            Rule(
                f"{name}_added_to_draft",
                table,
                "INSERT",
                f"COALESCE({status_of('NEW.revision_id')}, '') <> 'draft'",
                message,
            )
        )
        if model == "Contribution":
            rules += [
                Rule("contribution_frozen", table, "UPDATE", "TRUE", message),
                Rule("contribution_kept", table, "DELETE", "TRUE", message),
            ]
            continue
        rules += [
            Rule(
                f"{name}_changed_in_draft",
                table,
                "UPDATE",
                f"{status_of('OLD.revision_id')} <> 'draft' OR {identity}",
                message,
            ),
            Rule(
                f"{name}_deleted_from_draft",
                table,
                "DELETE",
                f"{status_of('OLD.revision_id')} <> 'draft'",
                message,
            ),
        ]
    return rules
