package enum SettleModelPlaceholder {}
