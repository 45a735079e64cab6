/// Settings with which no request will be sent. The message says what to set; it never quotes a key.
package enum ProcessorSettingsError: Error, Equatable, CustomStringConvertible {
  case unknownProcessor(String, known: [String])
  case missingKey(variable: String)
  case unusableKey(variable: String, why: String)
  case unusableAddress(variable: String, why: String)
  case unusableConcurrency(Int)

  package var description: String {
    switch self {
    case .unknownProcessor(let name, let known):
      "there is no processor named “\(name)”; settle knows \(known.joined(separator: ", "))"
    case .missingKey(let variable): "no API key for the processor: set \(variable)"
    case .unusableKey(let variable, let why): "\(variable) cannot be used: \(why)"
    case .unusableAddress(let variable, let why): "\(variable) cannot be used: \(why)"
    case .unusableConcurrency(let number): "a concurrency of \(number) cannot be used: give at least 1"
    }
  }
}
