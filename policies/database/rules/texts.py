"""Rules on when a text may change: its sections, their HTML, and the list of its authors."""

from policies.database.rules.conditions import Rule, changed, status_of, table_of


def text_rules() -> list[Rule]:
    section, rendering, contribution = map(table_of, ("Section", "Rendering", "Contribution"))
    message = "Only a draft's text can change, and its list of authors only grows."
    not_to_draft = f"COALESCE({status_of('NEW.revision_id')}, '') <> 'draft'"
    not_in_draft = f"{status_of('OLD.revision_id')} <> 'draft'"
    section_moved = f"{not_in_draft} OR {changed(['id', 'revision_id'])}"
    rendering_moved = f"{not_in_draft} OR {changed(['revision_id'])}"
    return [
        Rule("section_added_to_draft", section, "INSERT", not_to_draft, message),
        Rule("section_changed_in_draft", section, "UPDATE", section_moved, message),
        Rule("section_deleted_from_draft", section, "DELETE", not_in_draft, message),
        Rule("rendering_added_to_draft", rendering, "INSERT", not_to_draft, message),
        Rule("rendering_changed_in_draft", rendering, "UPDATE", rendering_moved, message),
        Rule("rendering_deleted_from_draft", rendering, "DELETE", not_in_draft, message),
        Rule("contribution_added_to_draft", contribution, "INSERT", not_to_draft, message),
        Rule("contribution_frozen", contribution, "UPDATE", "TRUE", message),
        Rule("contribution_kept", contribution, "DELETE", "TRUE", message),
    ]
