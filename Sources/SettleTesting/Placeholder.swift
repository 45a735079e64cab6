package enum SettleTestingPlaceholder {}
