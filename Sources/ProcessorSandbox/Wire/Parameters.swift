/// Reads a request's parameters one by one and refuses, as Stripe does, those that nobody asked for.
struct Parameters {
  private var values: [String: String] = [:]
  private var metadataPairs: [Metadata.Pair] = []
  private var expansions: Set<String> = []
  private var unread: Set<String> = []

  init(_ form: FormBody) {
    for pair in form.pairs {
      if pair.name.hasPrefix("metadata["), pair.name.hasSuffix("]") {
        let key = String(pair.name.dropFirst("metadata[".count).dropLast())
        metadataPairs.append(Metadata.Pair(key: key, value: pair.value))
      } else if pair.name.hasPrefix("expand[") {
        expansions.insert(pair.value)
      } else {
        values[pair.name] = pair.value
        unread.insert(pair.name)
      }
    }
  }

  /// The text of a parameter; nil where it is absent or empty, which Stripe takes as unset.
  mutating func text(_ name: String) -> String? {
    unread.remove(name)
    guard let value = values[name], !value.isEmpty else { return nil }
    return value
  }

  mutating func required(_ name: String) throws(StripeError) -> String {
    guard let value = text(name) else {
      throw .invalid("parameter_missing", "Missing required param: \(name).", param: name)
    }
    return value
  }

  /// A whole number of at least `least`.
  mutating func integer(_ name: String, least: Int64 = 0) throws(StripeError) -> Int64? {
    guard let text = text(name) else { return nil }
    guard let number = Int64(text), text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "-") }) else {
      throw .invalid("parameter_invalid_integer", "Invalid integer: \(text)", param: name)
    }
    guard number >= least else {
      throw .invalid("parameter_invalid_integer", "This value must be greater than or equal to \(least).", param: name)
    }
    return number
  }

  mutating func flag(_ name: String) throws(StripeError) -> Bool {
    switch text(name) {
    case nil, "false": return false
    case "true": return true
    case let other?: throw .invalid(nil, "Invalid boolean: \(other)", param: name)
    }
  }

  mutating func choice(_ name: String, of choices: [String]) throws(StripeError) -> String? {
    guard let text = text(name) else { return nil }
    guard choices.contains(text) else {
      throw .invalid(nil, "Invalid \(name): must be one of \(choices.joined(separator: ", ")).", param: name)
    }
    return text
  }

  /// The pairs given, within Stripe's limits: 50 keys of 40 characters with values of 500.
  mutating func metadata() throws(StripeError) -> [Metadata.Pair] {
    unread.remove("metadata")
    guard metadataPairs.allSatisfy({ $0.key.count <= 40 && $0.value.count <= 500 }) else {
      throw .invalid(nil, "Metadata keys have at most 40 and values at most 500 characters.", param: "metadata")
    }
    guard metadataPairs.count <= 50 else {
      throw .invalid(nil, "Metadata has at most 50 keys.", param: "metadata")
    }
    defer { metadataPairs = [] }
    return metadataPairs
  }

  /// Whether a member is to be shown in full; the endpoint names all that it can.
  mutating func expansion(of names: [String]) throws(StripeError) -> Bool {
    let asked = !expansions.isDisjoint(with: names)
    expansions.subtract(names)
    if let other = expansions.min() {
      throw .invalid(nil, "This property cannot be expanded (\(other)).", param: "expand")
    }
    return asked
  }

  /// Takes note of parameters that Stripe knows and the sandbox makes nothing of, with all that is nested in them.
  mutating func ignore(_ names: [String]) {
    unread = unread.filter { name in
      let root = name.prefix { $0 != "[" }
      return !names.contains { $0 == root }
    }
  }

  /// Every parameter must have been read by now.
  func finish() throws(StripeError) {
    guard let name = unread.min() ?? metadataPairs.first.map({ _ in "metadata" }) else { return }
    throw .invalid("parameter_unknown", "Received unknown parameter: \(name)", param: name)
  }
}
