"""The history of a workspace: who did what, what differs, who set what."""
