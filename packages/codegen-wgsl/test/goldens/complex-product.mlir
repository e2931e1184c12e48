// target: hardware
// dispatches: 1
module @complex_product {
  func.func public @main(%a: tensor<100xcomplex<f32>>, %b: tensor<100xcomplex<f32>>) -> tensor<100xcomplex<f32>> {
    %0 = stablehlo.multiply %a, %b : tensor<100xcomplex<f32>>
    return %0 : tensor<100xcomplex<f32>>
  }
}
