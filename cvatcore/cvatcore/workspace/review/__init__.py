"""What reviewers and leaders write for annotators: issues with their comments, and guides."""
