"""What every job needs: its log, files, devices, subprocesses, fingerprint."""
