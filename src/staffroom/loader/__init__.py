"""Student rows sent to a REST service: file → rows → payloads → batches → POSTs → report; resumable."""
