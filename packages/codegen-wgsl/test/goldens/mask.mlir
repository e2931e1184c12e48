// target: hardware
// dispatches: 1
module @mask {
  func.func public @main(%x: tensor<37x11xf32>, %y: tensor<11xf32>) -> tensor<37x11xi1> {
    %0 = stablehlo.broadcast_in_dim %y, dims = [1] : (tensor<11xf32>) -> tensor<37x11xf32>
    %1 = stablehlo.compare LT, %x, %0 : (tensor<37x11xf32>, tensor<37x11xf32>) -> tensor<37x11xi1>
    return %1 : tensor<37x11xi1>
  }
}
