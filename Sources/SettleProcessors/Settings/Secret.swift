/// A value that must never be shown. However it is printed, dumped or interpolated, it says `«secret»`.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let value: String

  package init(_ value: String) { self.value = value }

  package var description: String { "«secret»" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }

  /// The value itself, for the header that carries it and for checks of its form.
  func revealed() -> String { value }
}
