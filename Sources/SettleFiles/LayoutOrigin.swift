import SettleModel

extension Layout.Origin {
  /// `replaces: shipped`, which only layouts of one's own may say. Throws ``ConfigurationError``.
  init(_ yaml: YAMLMapping) throws {
    switch try yaml.string("replaces") {
    case nil: self = .own
    case "shipped": self = .replacing
    default: throw yaml.error("replaces", "must be shipped: a layout takes the place of the shipped one of its name")
    }
  }
}
