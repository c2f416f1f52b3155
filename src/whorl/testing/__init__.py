"""What other people's tests need: contract checks for everything that can be replaced, and fakes that pass them."""
