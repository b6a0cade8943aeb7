"""Forms that identify a person: fill in, keep as a draft, submit, triage, base consent."""
