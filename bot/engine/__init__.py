"""How things happen exactly once, against ports only."""
