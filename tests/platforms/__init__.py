"""What only one platform has, beside the contract that all of them keep."""
