"""What the editor and the published page ask for (`/api/v2`), and our own page does not."""
