"""Archives of pictures: zip and tar, read in place."""
