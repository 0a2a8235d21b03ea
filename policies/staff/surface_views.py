"""What the editor's formatted surface asks for: a text as blocks."""

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from policies import workflow
from policies.staff.forms import DeskForm, Text
from policies.staff.pages import action_required
from policies.text import surface
from policies.text.markdown.limits import RenderingRefused


class TextsForm(DeskForm):
    """A JSON list of texts. definitions: the lines of other sections that texts may refer to."""

    texts = forms.JSONField()
    definitions = Text(strip=False)

    def clean_texts(self) -> list[str]:
        texts = self.cleaned_data["texts"]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise forms.ValidationError("Send a list of texts.")
        return texts


@require_POST
@action_required("save_draft")
def blocks(request: HttpRequest) -> HttpResponse:
    """Answer with JSON: the texts as surface.Divided, or the problem."""
    try:
        values = TextsForm(request.POST).values()
        texts = surface.divide_all(values["texts"], values["definitions"])
    except (workflow.Refused, RenderingRefused) as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    answer = [{"blocks": [it._asdict() for it in one.blocks], "end": one.end} for one in texts]
    return JsonResponse({"texts": answer})
