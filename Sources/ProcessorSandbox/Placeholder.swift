import Hummingbird

package enum ProcessorSandboxPlaceholder {}
