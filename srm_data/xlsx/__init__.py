"""What an .xlsx file is, and nothing of ours: safety, reader, notes and drawings, writer."""
