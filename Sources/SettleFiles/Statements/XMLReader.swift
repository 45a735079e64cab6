import CExpat

/// What ``XMLReader`` tells, in the file's order.
protocol XMLEvents: AnyObject {
  /// An element begins. `attribute` gives the value of one of its attributes.
  func began(_ name: String, line: Int, attribute: (String) -> String?) throws
  /// An element ends. `text` is what stands in it since its last child, or all of it.
  func ended(_ name: String, text: String, line: Int) throws
}

/// libexpat: elements without their namespaces, in constant memory.
///
/// A document type definition is refused where it begins, before any entity of it is declared: none is ever expanded,
/// and nothing outside the file is ever read.
final class XMLReader {
  private let parser: XML_Parser
  private let context: Context
  private var fed = 0

  /// Bytes of one element's text.
  static let textLimit = 64 * 1024
  /// Bytes of one tag, comment or instruction.
  static let tokenLimit = 1024 * 1024
  static let depthLimit = 100

  /// The receiver is not kept alive. Throws ``FileDamage`` where memory is lacking.
  init(_ receiver: any XMLEvents) throws {
    // The bytes were proven to be UTF-8, whatever a declaration says.
    guard let parser = XML_ParserCreate("UTF-8") else { throw FileDamage(.unreadable, "libexpat ran out of memory") }
    self.parser = parser
    context = Context(parser, receiver)
    XML_SetUserData(parser, Unmanaged.passUnretained(context).toOpaque())
    XML_SetElementHandler(parser, elementBegan, elementEnded)
    XML_SetCharacterDataHandler(parser, textRead)
    XML_SetStartDoctypeDeclHandler(parser, documentTypeBegan)
  }

  deinit { XML_ParserFree(parser) }

  /// Reads on. Throws ``FileDamage``, and what the receiver throws.
  func feed(_ chunk: Bytes) throws {
    try parse(chunk, isLast: false)
    fed += chunk.count
    let read = Int(XML_GetCurrentByteIndex(parser))
    guard fed - max(0, read) <= Self.tokenLimit else {
      throw FileDamage(
        .malformed, line: context.line, "the tag or comment that starts here is longer than settle reads (1 MiB)")
    }
  }

  /// Ends the file. Throws ``FileDamage`` where its elements have not ended.
  func finish() throws { try parse(Bytes(start: nil, count: 0), isLast: true) }

  private func parse(_ chunk: Bytes, isLast: Bool) throws {
    let status = chunk.withMemoryRebound(to: CChar.self) {
      XML_Parse(parser, $0.baseAddress, Int32($0.count), isLast ? 1 : 0)
    }
    if let failure = context.failure { throw failure }
    guard status == XML_STATUS_ERROR else { return }
    let error = XML_GetErrorCode(parser)
    if isLast, Self.ofCutFiles.contains(error.rawValue) {
      throw FileDamage.cutOff(context.line, "before the XML's last element does")
    }
    let told = XML_ErrorString(error).map { String(cString: $0) } ?? "error \(error.rawValue)"
    throw FileDamage(
      .malformed, line: context.line, "this is not XML (\(told)); fetch the file again, or ask whoever made it")
  }

  /// What libexpat misses where a file is not whole: an element, a tag's or a text's end, half a character.
  private static let ofCutFiles: Set<UInt32> = Set(
    [XML_ERROR_NO_ELEMENTS, XML_ERROR_UNCLOSED_TOKEN, XML_ERROR_PARTIAL_CHAR, XML_ERROR_UNCLOSED_CDATA_SECTION]
      .map(\.rawValue))

  /// What the call-backs from C share.
  fileprivate final class Context {
    private let parser: XML_Parser
    private unowned let receiver: any XMLEvents
    private var text: [UInt8] = []
    private var depth = 0
    var failure: (any Error)?

    init(_ parser: XML_Parser, _ receiver: any XMLEvents) {
      self.parser = parser
      self.receiver = receiver
    }

    var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

    func fail(_ error: any Error) {
      if failure == nil { failure = error }
      XML_StopParser(parser, 0)
    }

    func began(_ name: UnsafePointer<XML_Char>, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?) {
      // Calls may still come for what was read before the parser stops.
      guard failure == nil else { return }
      text.removeAll(keepingCapacity: true)
      depth += 1
      guard depth <= XMLReader.depthLimit else {
        return fail(
          FileDamage(.malformed, line: line, "elements stand in each other \(depth) deep; this is no statement"))
      }
      do {
        try receiver.began(localName(name), line: line) { wanted in
          var place = 0
          while let attributes, let key = attributes[place], let value = attributes[place + 1] {
            if localName(key) == wanted { return String(cString: value) }
            place += 2
          }
          return nil
        }
      } catch {
        fail(error)
      }
    }

    func ended(_ name: UnsafePointer<XML_Char>) {
      guard failure == nil else { return }
      depth -= 1
      do {
        try receiver.ended(localName(name), text: String(decoding: text, as: UTF8.self), line: line)
      } catch {
        fail(error)
      }
      text.removeAll(keepingCapacity: true)
    }

    func read(_ bytes: UnsafePointer<XML_Char>, _ count: Int) {
      guard failure == nil else { return }
      guard text.count + count <= XMLReader.textLimit else {
        return fail(FileDamage(.malformed, line: line, "a text here is longer than settle reads (64 KiB)"))
      }
      bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
        text.append(contentsOf: UnsafeBufferPointer(start: $0, count: count))
      }
    }

    private func localName(_ name: UnsafePointer<XML_Char>) -> String {
      let whole = String(cString: name)
      return whole.utf8.lastIndex(of: UInt8(ascii: ":")).map { String(whole[whole.utf8.index(after: $0)...]) } ?? whole
    }
  }
}

private func context(_ data: UnsafeMutableRawPointer?) -> XMLReader.Context? {
  data.map { Unmanaged<XMLReader.Context>.fromOpaque($0).takeUnretainedValue() }
}

private func elementBegan(
  _ data: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?,
  _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
) {
  guard let name else { return }
  context(data)?.began(name, attributes)
}

private func elementEnded(_ data: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?) {
  guard let name else { return }
  context(data)?.ended(name)
}

private func textRead(_ data: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<XML_Char>?, _ count: Int32) {
  guard let bytes, count > 0 else { return }
  context(data)?.read(bytes, Int(count))
}

private func documentTypeBegan(
  _ data: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?, _ system: UnsafePointer<XML_Char>?,
  _ identifier: UnsafePointer<XML_Char>?, _ hasInternalSubset: Int32
) {
  guard let context = context(data) else { return }
  context.fail(
    FileDamage(
      .documentType, line: context.line,
      "the XML brings a document type definition, which no statement needs and which could make it read other files;"
        + " ask whoever made the file"))
}
