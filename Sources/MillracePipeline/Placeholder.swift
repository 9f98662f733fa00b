// Holds the place of this room until its first file stands.
