package import Foundation

/// The run that writes: its own id and its right to write.
package struct RunIdentity: Sendable {
  package let id: UUID
  package let fence: Fence

  package init(id: UUID, fence: Fence) {
    self.id = id
    self.fence = fence
  }
}
