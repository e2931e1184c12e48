// target: hardware
// dispatches: 1
module @affine {
  func.func public @main(%x: tensor<317x211xf32>) -> tensor<317x211xf32> {
    %cst = stablehlo.constant dense<3.0> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<317x211xf32>
    %1 = stablehlo.multiply %x, %0 : tensor<317x211xf32>
    %2 = stablehlo.add %1, %x : tensor<317x211xf32>
    return %2 : tensor<317x211xf32>
  }
}
