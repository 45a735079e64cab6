package enum SettleStorePlaceholder {}
