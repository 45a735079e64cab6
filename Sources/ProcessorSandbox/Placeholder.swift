package enum ProcessorSandboxPlaceholder {}
import Hummingbird
