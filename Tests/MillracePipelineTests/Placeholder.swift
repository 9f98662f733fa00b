// Holds the place of these tests until the first stands.
