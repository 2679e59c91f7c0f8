/** A single-page shop of React with a router. Nothing here records page views: the client sees the router change the address. */
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter, Link, Route, Routes, useParams } from 'react-router'
import { answerConsent, hasAnswered } from './consent.ts'
import { addToCart, buy } from './hw.ts'

function Home() {
  return (
    <p>
      <Link to="/products/A1">Sneaker</Link>
    </p>
  )
}

function Product() {
  const { sku = '' } = useParams()
  return (
    <p>
      <button type="button" onClick={() => addToCart(sku)}>
        Add to cart
      </button>
      <button type="button" onClick={() => buy('1002')}>
        Buy
      </button>
      <Link to="/">Back</Link>
    </p>
  )
}

function ConsentBanner() {
  const [isOpen, setOpen] = useState(!hasAnswered())
  if (!isOpen) return null
  const answer = (state: 'granted' | 'denied') => () => {
    answerConsent(state)
    setOpen(false)
  }
  return (
    <aside>
      May we record your visit?
      <button type="button" onClick={answer('granted')}>
        Accept
      </button>
      <button type="button" onClick={answer('denied')}>
        Decline
      </button>
    </aside>
  )
}

createRoot(document.body).render(
  <StrictMode>
    <BrowserRouter>
      <ConsentBanner />
      <Routes>
        <Route path="/" element={<Home />} />
        <Route path="/products/:sku" element={<Product />} />
      </Routes>
    </BrowserRouter>
  </StrictMode>,
)
