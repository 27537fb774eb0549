"""Whose an account is and what became of it: invitations, proofs, the audit trail as people read it."""
