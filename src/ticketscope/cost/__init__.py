"""What a ticket costs to store and to run, and whether its zeros save anything."""
