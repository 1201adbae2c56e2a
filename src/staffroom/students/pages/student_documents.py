"""A student's photo and documents: decrypted for whoever may see the student, and for nobody else."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from staffroom.students.documents import DocumentLost, read_document
from staffroom.students.models import Document
from staffroom.students.pages.area import open_student
from staffroom.web.request import SignedInRequest

SIGNATURES = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF8", "image/gif", "gif"),
)
"""How files begin, with what they are: never told by their names."""


def photo(request: SignedInRequest, student: int) -> HttpResponse:
    """The newest photo of a student."""
    return _answer(request, student, kind=Document.Kind.PHOTO)


def document(request: SignedInRequest, student: int, document: int) -> HttpResponse:
    """A document of a student, such as an IEP, shown within the browser."""
    return _answer(request, student, kind=Document.Kind.IEP, pk=document)


def _answer(request: SignedInRequest, student: int, **wanted: object) -> HttpResponse:
    opened = open_student(request, student)
    kept = Document.objects.current().filter(student=opened.student, **wanted)
    found = kept.order_by("arrived_in", "pk").last()
    if found is None:
        raise Http404
    try:
        data = read_document(request.instance, found.digest)
    except DocumentLost:
        raise Http404 from None
    content_type, ending = _kind_of(data)
    if found.kind == Document.Kind.PHOTO and not content_type.startswith("image/"):
        raise Http404
    opened.visit.record(f"students/{found.kind}", [opened.student])
    response = HttpResponse(data, content_type=content_type)
    shown = "inline" if content_type != "application/octet-stream" else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{found.kind}-{found.pk}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _kind_of(data: bytes) -> tuple[str, str]:
    """Content type and ending of the name; what is not known is only downloaded."""
    return next(
        ((kind, ending) for begins, kind, ending in SIGNATURES if data.startswith(begins)),
        ("application/octet-stream", "bin"),
    )
