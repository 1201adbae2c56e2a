"""The receiving end for student batches: taken in durably, drained into the register, shown to registrars."""
